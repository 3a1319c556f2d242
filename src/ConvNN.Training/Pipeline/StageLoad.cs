namespace ConvNN.Training.Pipeline;

/// <summary>How busy a stage was.</summary>
/// <param name="Stage">The stage: <c>read</c>, <c>shard</c>, <c>workers</c> or <c>reduce</c>.</param>
/// <param name="Busy">The share of the time of all its threads, from 0 to 1.</param>
public readonly record struct StageLoad(string Stage, double Busy);
