using ConvNN.App.Runs;

namespace ConvNN.App.Commands.Models;

/// <summary>The arguments of <c>evaluate</c> and <c>report</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="IsJson">Whether to print JSON.</param>
internal sealed record EvaluateRequest(ModelLocation Model, bool IsJson);
