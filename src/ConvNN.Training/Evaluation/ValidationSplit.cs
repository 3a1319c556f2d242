using ConvNN.Data;
using ConvNN.Model.Randomness;

namespace ConvNN.Training.Evaluation;

/// <summary>
/// Keeps a part of the training images apart, to choose by: which ones follows from the seed and their number, and from their
/// classes where these lie together. The
/// test part is for the result, and chooses nothing.
/// </summary>
public static class ValidationSplit
{
    /// <summary>How many images are kept apart.</summary>
    /// <param name="amount">A share below 1, or a number of images; null for none.</param>
    /// <param name="available">Training images that there are.</param>
    /// <returns>The number; null if it is none, or leaves none to train with.</returns>
    public static int? Count(double? amount, int available)
    {
        double wanted = amount switch
        {
            null => 0,
            < 1 => Math.Round(amount.Value * available, MidpointRounding.AwayFromZero),
            _ => amount.Value,
        };
        bool isPossible = amount is null || (wanted >= 1 && wanted < available && double.IsInteger(wanted));
        return isPossible ? (int)wanted : null;
    }

    /// <summary>Splits training images; both parts keep their order.</summary>
    /// <param name="data">The images.</param>
    /// <param name="count">How many are kept apart; at least 1 and fewer than there are.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of its range.</exception>
    public static (ImageDataset Train, ImageDataset Validation) Split(ImageDataset data, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, data.Count);
        RandomStream random = new(seed, RandomPurpose.Split);
        int[] order = [.. Enumerable.Range(0, data.Count)];
        for (int i = order.Length - 1; i >= 1; i--)
        {
            int j = random.Below((uint)i, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        int[] apart = data.Draw(order, count);
        return (data.Select([.. order.Except(apart)], data.Part), data.Select(apart, "validation"));
    }
}
