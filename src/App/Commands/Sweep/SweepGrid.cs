using ConvNN.App.Faults;
using ConvNN.Model.Randomness;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The points of a sweep: the product of all values, or points drawn from it.</summary>
internal static class SweepGrid
{
    // About G ln G draws cover a grid of G points (coupon collector), so after this many there are most likely no more points.
    private const int DrawsPerPoint = 64;

    /// <summary>All points; the last key changes fastest.</summary>
    /// <param name="variations">The varied keys; without any, there is one point.</param>
    /// <exception cref="UsageException">A key is given twice, one has a range, or there are too many points.</exception>
    public static IReadOnlyList<SweepPoint> All(IReadOnlyList<Variation> variations)
    {
        Check(variations);
        if (variations.FirstOrDefault(variation => variation.Range is not null) is { } range)
        {
            throw new UsageException($"--vary {range.Key} is a range, from which points are drawn; say how many with --random N, or list values.");
        }

        if (variations.Aggregate(1.0, (count, variation) => count * variation.Values.Count) > SeedList.MaxCount)
        {
            throw new UsageException($"--vary gives more than {SeedList.MaxCount:N0} points; list fewer values, or draw some of them with --random N.");
        }

        IEnumerable<IEnumerable<KeyValuePair<string, string>>> points = [[]];
        foreach (Variation variation in variations)
        {
            points = points.SelectMany(point => variation.Values.Select(value => point.Append(KeyValuePair.Create(variation.Key, value)))).ToArray();
        }

        return [.. points.Select(point => new SweepPoint([.. point]))];
    }

    /// <summary>
    /// Distinct points drawn at random. Draw n depends only on the seed and n, so that a larger number begins with the same
    /// points.
    /// </summary>
    /// <param name="variations">The varied keys.</param>
    /// <param name="count">How many; the result has fewer if the grid is smaller.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="UsageException">There is nothing to draw from, a key is given twice, or too many points are requested.</exception>
    public static IReadOnlyList<SweepPoint> Random(IReadOnlyList<Variation> variations, int count, ulong seed)
    {
        Check(variations);
        if (variations.Count == 0 || count is < 1 or > SeedList.MaxCount)
        {
            throw new UsageException($"--random {count} draws from 1 to {SeedList.MaxCount:N0} points of the values of --vary; say what to vary, such as --vary Training:LearningRate=0.001..0.1.");
        }

        return
        [
            .. Enumerable.Range(0, DrawsPerPoint * count)
                .Select(draw => new SweepPoint([.. variations.Select((variation, key) =>
                    KeyValuePair.Create(variation.Key, variation.Draw(new RandomStream(seed, RandomPurpose.Sweep, layer: key, index: draw))))]))
                .DistinctBy(point => string.Join('\n', point.Values.Select(pair => pair.Value)))
                .Take(count),
        ];
    }

    private static void Check(IReadOnlyList<Variation> variations)
    {
        if (variations.CountBy(variation => variation.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(key => key.Value > 1).Key is { } twice)
        {
            throw new UsageException($"--vary {twice} is given twice; list all its values in one.");
        }

        if (variations.FirstOrDefault(variation => variation.Key.Equals("Training:Seed", StringComparison.OrdinalIgnoreCase)) is not null)
        {
            throw new UsageException("--vary Training:Seed would treat every seed as a separate configuration; use --seeds 1-5.");
        }
    }
}
