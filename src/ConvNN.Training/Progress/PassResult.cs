using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Progress;

/// <summary>The result of a pass over a dataset.</summary>
/// <param name="Samples">Samples seen; fewer than the dataset has if the pass was stopped.</param>
/// <param name="Correct">Samples whose class the network chose.</param>
/// <param name="LossSum">Sum of the losses, in sample order.</param>
/// <param name="Elapsed">Wall time of the steps.</param>
/// <param name="Loads">How busy each stage was, in the order of the pipeline.</param>
/// <param name="IsComplete">Whether the pass went through the whole dataset.</param>
public sealed record PassResult(
    int Samples, int Correct, double LossSum, TimeSpan Elapsed, IReadOnlyList<StageLoad> Loads, bool IsComplete)
{
    /// <summary>Mean loss of a sample; 0 when there was none.</summary>
    public double Loss => Samples == 0 ? 0 : LossSum / Samples;

    /// <summary>Share of correct samples; 0 when there was none.</summary>
    public double Accuracy => Samples == 0 ? 0 : (double)Correct / Samples;

    /// <summary>How many of the network's choices count for <see cref="TopCorrect"/>.</summary>
    public const int Top = 3;

    /// <summary>Samples whose class was among the <see cref="Top"/> likeliest; null in training, where classes are not ranked.</summary>
    public int? TopCorrect { get; init; }

    /// <summary>Share of <see cref="TopCorrect"/>; null where there is none.</summary>
    public double? TopAccuracy => Samples == 0 ? null : (double?)TopCorrect / Samples;

    /// <summary>Samples per second.</summary>
    public double ImagesPerSecond => Elapsed > TimeSpan.Zero ? Samples / Elapsed.TotalSeconds : 0;

    /// <summary>The stage that limits the pass: the busiest.</summary>
    public StageLoad Limit => Loads.MaxBy(load => load.Busy);
}
