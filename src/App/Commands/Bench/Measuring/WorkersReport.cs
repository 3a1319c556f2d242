using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The performance of a network with a number of workers.</summary>
/// <param name="Workers">The number of workers.</param>
/// <param name="IsAuto">Whether <c>--workers auto</c> chooses this number.</param>
/// <param name="Cores">The number of cores that they use; small steps use fewer.</param>
/// <param name="Exchange">How gradients are exchanged: <c>own-features</c>.</param>
/// <param name="ImagesPerSecond">Training, images/s.</param>
/// <param name="SpeedUp">The speed-up over one worker, round by round; null if one worker was not measured.</param>
/// <param name="Gflops">Operations of the network's definition, GFLOP/s.</param>
/// <param name="PeakGflops">The multiply-add peak of the same cores, measured in the same rounds, GFLOP/s.</param>
/// <param name="MicrosecondsPerStep">µs per training step.</param>
/// <param name="BytesPerStep">The bytes that a warm training step allocates; null if steps take too long to measure it.</param>
/// <param name="EvaluatedImagesPerSecond">Evaluation, images/s.</param>
/// <param name="Stages">How each stage of the pipeline spent its time, in the turn that gave the median.</param>
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
    /// <summary>The share of the peak that is reached, from 0 to 1.</summary>
    public double PeakShare => Gflops / PeakGflops.Median;
}
