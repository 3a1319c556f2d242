using ConvNN.App.Runs;

namespace ConvNN.App.Commands.Models;

/// <summary>What <c>evaluate</c> and <c>report</c> are asked for.</summary>
/// <param name="Model">The model.</param>
/// <param name="IsJson">Whether the answer is to be JSON.</param>
internal sealed record EvaluateRequest(ModelLocation Model, bool IsJson);
