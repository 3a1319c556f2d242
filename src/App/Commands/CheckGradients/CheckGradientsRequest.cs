namespace ConvNN.App.Commands.CheckGradients;

/// <summary>The arguments of <c>convnn check-gradients</c> beyond its configuration.</summary>
/// <param name="IsJson">Whether to print one JSON document instead of a table.</param>
internal sealed record CheckGradientsRequest(bool IsJson);
