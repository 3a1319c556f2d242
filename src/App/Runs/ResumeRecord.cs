namespace ConvNN.App.Runs;

/// <summary>A run has gone on from a checkpoint.</summary>
/// <param name="Utc">When.</param>
/// <param name="Step">From which step.</param>
/// <param name="Workers">With how many workers.</param>
internal sealed record ResumeRecord(DateTime Utc, long Step, int Workers);
