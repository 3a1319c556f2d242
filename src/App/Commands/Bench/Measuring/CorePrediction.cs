namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The predicted training step of a machine with a number of cores, in µs, by its parts.</summary>
/// <param name="Cores">The number of cores.</param>
/// <param name="Threads">How many of them the step uses.</param>
/// <param name="ImagesPerSecond">Training, images/s.</param>
/// <param name="SpeedUp">The speed-up over one core.</param>
/// <param name="MicrosecondsPerStep">µs of the step, the sum of the parts.</param>
/// <param name="Compute">What each member would take if all took the same.</param>
/// <param name="Imbalance">What the slowest member of each phase takes beyond that.</param>
/// <param name="Transfers">What the slowest takes to read what others have written.</param>
/// <param name="Meetings">Hand-off and meetings.</param>
internal sealed record CorePrediction(
    int Cores, int Threads, double ImagesPerSecond, double SpeedUp, double MicrosecondsPerStep, double Compute, double Imbalance, double Transfers, double Meetings)
{
    /// <summary>An evaluation on as many cores; null if none was measured.</summary>
    public EvaluationPrediction? Evaluation { get; init; }

    /// <summary>Predicts a step.</summary>
    /// <param name="cores">The number of cores.</param>
    /// <param name="step">The step as the machine would divide it.</param>
    /// <param name="whole">The same step with one member. The ratio of the two counts, so they may be measured on another machine.</param>
    /// <param name="batchSize">Images of the step.</param>
    /// <param name="oneCore">What the machine trains on one core, images/s.</param>
    /// <param name="costs">What a step costs the machine beyond that.</param>
    public static CorePrediction Of(int cores, DividedStep step, DividedStep whole, int batchSize, double oneCore, CoreCosts costs)
    {
        double wholeStep = 1e6 * batchSize / oneCore;
        double scale = (wholeStep - costs.MeetingsOf(1, whole.Meetings)) / whole.Phases.Sum(phase => phase.Slowest);
        double compute = scale * step.Phases.Sum(phase => phase.Mean);
        double slowest = scale * step.Phases.Sum(phase => phase.Slowest);
        double transfers = costs.TransfersOf(step.Phases.Sum(phase => phase.Lines));
        double meetings = costs.MeetingsOf(step.Threads, step.Meetings);
        double sum = slowest + transfers + meetings;
        return new CorePrediction(cores, step.Threads, 1e6 * batchSize / sum, wholeStep / sum, sum, compute, slowest - compute, transfers, meetings);
    }
}
