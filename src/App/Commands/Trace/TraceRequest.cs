namespace ConvNN.App.Commands.Trace;

/// <summary>What <c>convnn trace</c> is asked for.</summary>
/// <param name="Step">The step of the run, from 1, as it was typed; null when it was not.</param>
internal sealed record TraceRequest(string? Step);
