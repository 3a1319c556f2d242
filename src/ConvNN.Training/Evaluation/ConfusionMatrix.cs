namespace ConvNN.Training.Evaluation;

/// <summary>How often each class was taken for each: rows are the labels, columns what the network chose. All counts are whole numbers.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] _counts;

    /// <summary>A matrix without samples.</summary>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Classes = classes;
        _counts = new int[checked(classes * classes)];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Samples in it.</summary>
    public int Samples { get; private set; }

    /// <summary>Samples whose class was chosen: the sum of the diagonal.</summary>
    public int Correct { get; private set; }

    /// <summary>Share of the samples whose class was chosen; null without samples.</summary>
    public double? Accuracy => Share(Correct, Samples);

    /// <summary>Between which the accuracy on all such samples lies, 95 times of 100; null without samples.</summary>
    public (double Low, double High)? Interval => Samples == 0 ? null : WilsonInterval.Of(Correct, Samples);

    /// <summary>Samples of a class that were taken for another, or for itself.</summary>
    /// <param name="label">The class that they are of.</param>
    /// <param name="predicted">The class that they were taken for.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int this[int label, int predicted] => _counts[Place(label, predicted)];

    /// <summary>Adds a sample.</summary>
    /// <param name="label">The class that it is of.</param>
    /// <param name="predicted">The class that it was taken for.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(int label, int predicted)
    {
        _counts[Place(label, predicted)]++;
        Samples++;
        Correct += label == predicted ? 1 : 0;
    }

    /// <summary>Samples of a class: the sum of its row.</summary>
    /// <param name="label">The class.</param>
    public int Support(int label) => Enumerable.Range(0, Classes).Sum(predicted => this[label, predicted]);

    /// <summary>Samples that were taken for a class: the sum of its column.</summary>
    /// <param name="predicted">The class.</param>
    public int Predicted(int predicted) => Enumerable.Range(0, Classes).Sum(label => this[label, predicted]);

    /// <summary>Share of what was taken for a class that is of it; null when nothing was taken for it.</summary>
    /// <param name="label">The class.</param>
    public double? Precision(int label) => Share(this[label, label], Predicted(label));

    /// <summary>Share of a class's samples that were found; null when there are none.</summary>
    /// <param name="label">The class.</param>
    public double? Recall(int label) => Share(this[label, label], Support(label));

    /// <summary>F₁, the harmonic mean of precision and recall, 2·tp / (2·tp + fp + fn); null where the class neither is nor was chosen.</summary>
    /// <param name="label">The class.</param>
    public double? F1(int label) => Share(2 * this[label, label], Predicted(label) + Support(label));

    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private int Place(int label, int predicted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, Classes);
        ArgumentOutOfRangeException.ThrowIfNegative(predicted);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(predicted, Classes);
        return (label * Classes) + predicted;
    }
}
