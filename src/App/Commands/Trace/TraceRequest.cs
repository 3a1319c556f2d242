namespace ConvNN.App.Commands.Trace;

/// <summary>The arguments of <c>convnn trace</c>.</summary>
/// <param name="Step">The step of the run, from 1, as typed; null if not given.</param>
/// <param name="IsJson">Whether to print one JSON document instead of text.</param>
internal sealed record TraceRequest(string? Step, bool IsJson);
