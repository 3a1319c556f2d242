using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What a network reaches with a number of workers.</summary>
/// <param name="Workers">The number of workers.</param>
/// <param name="IsAuto">Whether <c>--workers auto</c> takes this number.</param>
/// <param name="Cores">The cores that they use: as many as a step is worth.</param>
/// <param name="Exchange">How gradients come together: <c>owned-rows</c>.</param>
/// <param name="ImagesPerSecond">Training, images/s.</param>
/// <param name="SpeedUp">How much faster than one worker, in the rounds of both; null if one was not measured.</param>
/// <param name="Gflops">Operations of the network's definition, GFLOP/s.</param>
/// <param name="PeakGflops">The multiply-add peak of the same cores, measured in the same rounds, GFLOP/s.</param>
/// <param name="MicrosecondsPerStep">µs of a training step.</param>
/// <param name="BytesPerStep">Bytes that a warm training step allocates; null where steps take too long to find out.</param>
/// <param name="EvaluatedImagesPerSecond">Evaluation, images/s.</param>
/// <param name="Stages">What each stage of the pipeline did with its time, in the turn that gave the median.</param>
internal sealed record WorkersReport(
    int Workers,
    bool IsAuto,
    int Cores,
    string Exchange,
    Spread ImagesPerSecond,
    double? SpeedUp,
    double Gflops,
    Spread PeakGflops,
    double MicrosecondsPerStep,
    double? BytesPerStep,
    Spread EvaluatedImagesPerSecond,
    IReadOnlyList<StageLoad> Stages)
{
    /// <summary>The part of the peak that is reached, from 0 to 1.</summary>
    public double PeakShare => Gflops / PeakGflops.Median;
}
