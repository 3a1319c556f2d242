namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The predicted evaluation of a machine with a number of cores, all of which take part.</summary>
/// <param name="ImagesPerSecond">Images/s.</param>
/// <param name="SpeedUp">The speed-up over one core.</param>
internal sealed record EvaluationPrediction(double ImagesPerSecond, double SpeedUp)
{
    /// <summary>Predicts an evaluation: the slowest member, the hand-off, and the meeting at the end of a step.</summary>
    /// <param name="cores">The number of cores.</param>
    /// <param name="step">An evaluation step, measured with so many members or fewer.</param>
    /// <param name="whole">The same with one member.</param>
    /// <param name="oneCore">What the machine evaluates on one core, images/s.</param>
    /// <param name="costs">What a step costs the machine beyond what is computed.</param>
    public static EvaluationPrediction Of(int cores, EvaluationReport step, EvaluationReport whole, double oneCore, CoreCosts costs)
    {
        double scale = ((1e6 * whole.Images / oneCore) - costs.MeetingsOf(1, meetings: 1)) / whole.Slowest;
        double sum = (scale * step.Slowest) + costs.MeetingsOf(cores, meetings: 1);
        double rate = 1e6 * cores * step.Images / sum;
        return new EvaluationPrediction(rate, rate / oneCore);
    }
}
