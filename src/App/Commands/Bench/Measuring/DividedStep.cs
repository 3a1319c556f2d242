namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>A training step as its members share it, each of them measured alone.</summary>
/// <param name="Threads">The number of members, each of which has a thread and a core.</param>
/// <param name="Meetings">How often they meet, the end of the step included.</param>
/// <param name="Phases">What they do between two meetings.</param>
internal sealed record DividedStep(int Threads, int Meetings, IReadOnlyList<PhaseReport> Phases)
{
    /// <summary>An evaluation step of as many members; null if none was measured.</summary>
    public EvaluationReport? Evaluation { get; init; }
}
