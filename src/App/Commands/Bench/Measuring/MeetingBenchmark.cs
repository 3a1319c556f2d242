using ConvNN.Training.Pipeline.OwnFeatures;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures what two cores take to meet, and to read what the other has written.</summary>
internal static class MeetingBenchmark
{
    // Cores that spin meet in less than a microsecond; two threads on one core yield to each other, after ten.
    private const double Slowest = 5;

    // Where others use the cores, a moment in which two are free may take a while to come.
    private const int MostRounds = 50;

    /// <summary>Measures until two cores have met in some round.</summary>
    /// <param name="pace">How long to measure.</param>
    /// <param name="cancellationToken">Stops it between two rounds.</param>
    /// <returns>The fastest round: what others do on these cores can only lengthen a meeting. Null if no two cores could meet.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static MeetingReport? Run(BenchmarkPace pace, CancellationToken cancellationToken = default)
    {
        MeetingReport best = new(double.PositiveInfinity, 0);
        for (int round = 0; Environment.ProcessorCount > 1 && (round < pace.Rounds || (best.Microseconds > Slowest && round < MostRounds)); round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (double meeting, double line) = MeetingTimer.Measure(pace.Turn);
            best = meeting < best.Microseconds ? new MeetingReport(meeting, line) : best;
        }

        return best.Microseconds <= Slowest ? best : null;
    }
}
