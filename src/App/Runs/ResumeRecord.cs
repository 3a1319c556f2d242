namespace ConvNN.App.Runs;

/// <summary>A run was resumed from a checkpoint.</summary>
/// <param name="Utc">The time.</param>
/// <param name="Step">The step from which it resumed.</param>
/// <param name="Workers">The number of workers.</param>
internal sealed record ResumeRecord(DateTime Utc, long Step, int Workers);
