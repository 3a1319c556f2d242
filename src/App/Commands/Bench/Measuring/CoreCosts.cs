namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What a step costs a machine beyond what its members compute.</summary>
/// <param name="EmptySteps">µs of a step that computes almost nothing, by the number of threads that were measured; at least for one.</param>
/// <param name="Meeting">What two cores have to do with each other; null if it is not known, and then it costs nothing.</param>
internal sealed record CoreCosts(IReadOnlyDictionary<int, double> EmptySteps, MeetingReport? Meeting)
{
    // Of an empty step, whose network is divided by samples.
    private const int EmptyMeetings = 2;

    /// <summary>µs of reading lines that other cores have written.</summary>
    public double TransfersOf(double lines) => 1e-3 * lines * (Meeting?.LineNanoseconds ?? 0);

    /// <summary>µs of a step's hand-off and meetings.</summary>
    /// <param name="threads">How many meet; where no empty step was measured with so many, the next smaller number counts, with what its meetings lack.</param>
    /// <param name="meetings">How often.</param>
    public double MeetingsOf(int threads, int meetings)
    {
        int measured = EmptySteps.Keys.Where(count => count <= threads).Max();
        return EmptySteps[measured] + (EmptyMeetings * (MeetingOf(threads) - MeetingOf(measured))) + ((meetings - EmptyMeetings) * MeetingOf(threads));
    }

    // Every arrival takes the counter's cache line to another core: two of them where two meet.
    private double MeetingOf(int threads) => threads == 1 ? 0 : (Meeting?.Microseconds ?? 0) * threads / 2;
}
