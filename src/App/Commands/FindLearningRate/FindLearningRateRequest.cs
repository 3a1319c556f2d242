namespace ConvNN.App.Commands.FindLearningRate;

/// <summary>The arguments of <c>convnn find-lr</c> beyond its configuration.</summary>
/// <param name="IsJson">Whether to print one JSON document instead of text.</param>
internal sealed record FindLearningRateRequest(bool IsJson);
