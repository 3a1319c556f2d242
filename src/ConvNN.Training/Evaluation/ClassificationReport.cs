namespace ConvNN.Training.Evaluation;

/// <summary>How well a network classifies: the <see cref="ConfusionMatrix"/>, and how often a sample's class was among the k that it found likeliest.</summary>
/// <param name="classes">Number of classes, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
public sealed class ClassificationReport(int classes)
{
    // Samples by the place of their class among the network's choices, from 0.
    private readonly int[] _ranks = new int[Math.Max(1, classes)];

    /// <summary>How often each class was taken for each.</summary>
    public ConfusionMatrix Confusion { get; } = new(classes);

    /// <summary>Adds a sample.</summary>
    /// <param name="outputs">The network's outputs, one a class: probabilities, or what a softmax would make them of.</param>
    /// <param name="label">The class that it is of.</param>
    /// <exception cref="ArgumentException">There are not as many outputs as classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(ReadOnlySpan<float> outputs, int label) => Add(outputs, Kernels.Losses.SoftmaxKernels.ArgMax(outputs), label);

    /// <summary>Adds a sample whose class was chosen before its probabilities were rounded: equal ones leave the choice as it was.</summary>
    /// <param name="outputs">The probabilities, one a class.</param>
    /// <param name="predicted">The class that the network chose, one of the largest of them.</param>
    /// <param name="label">The class that it is of.</param>
    /// <exception cref="ArgumentException">There are not as many outputs as classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(ReadOnlySpan<float> outputs, int predicted, int label)
    {
        if (outputs.Length != Confusion.Classes)
        {
            throw new ArgumentException($"A sample of {Confusion.Classes} classes has {Confusion.Classes} outputs, found {outputs.Length}.", nameof(outputs));
        }

        Confusion.Add(label, predicted);
        _ranks[label == predicted ? 0 : Math.Max(1, RankOf(outputs, label))]++;
    }

    /// <summary>Share of the samples whose class was among the <paramref name="k"/> likeliest; null without samples.</summary>
    /// <param name="k">How many choices the network has; at least 1. With as many as classes it is always right.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1.</exception>
    public double? TopK(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return Confusion.Samples == 0 ? null : (double)_ranks.Take(k).Sum() / Confusion.Samples;
    }

    /// <summary>The place of a class when outputs are sorted, from 0, of equal ones the first class first: as <see cref="Kernels.Losses.SoftmaxKernels.ArgMax"/> chooses.</summary>
    /// <param name="outputs">The network's outputs.</param>
    /// <param name="label">The class.</param>
    public static int RankOf(ReadOnlySpan<float> outputs, int label)
    {
        int rank = 0;
        for (int other = 0; other < outputs.Length; other++)
        {
            rank += outputs[other] > outputs[label] || (outputs[other] == outputs[label] && other < label) ? 1 : 0;
        }

        return rank;
    }
}
