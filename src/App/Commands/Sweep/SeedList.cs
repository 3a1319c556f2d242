using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Sweep;

/// <summary>The seeds of a sweep: <c>1-5</c>, <c>1,3,7</c>, or both mixed.</summary>
internal static class SeedList
{
    /// <summary>The maximum number of trials; more are most likely a typing error.</summary>
    public const int MaxCount = 100_000;

    /// <summary>Reads a list; duplicates are dropped.</summary>
    /// <param name="text">The list.</param>
    /// <exception cref="UsageException">The text is not a list of seeds.</exception>
    public static IReadOnlyList<ulong> Parse(string text)
    {
        List<ulong> seeds = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !TryParse(ends[0], out ulong first) || !TryParse(ends[^1], out ulong last) || last < first || last - first >= MaxCount)
            {
                throw new UsageException($"--seeds is {ShownValue.Of(text)}; it must be a list of whole numbers or of ranges from low to high, such as 1-5 or 1,3,7.");
            }

            for (ulong count = 0; count <= last - first; count++)
            {
                seeds.Add(first + count);
            }
        }

        return [.. seeds.Distinct()];
    }

    private static bool TryParse(string text, out ulong seed) => ulong.TryParse(text, NumberStyles.None, null, out seed);
}
