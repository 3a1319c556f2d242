using ConvNN.App.Runs;

namespace ConvNN.App.Commands.Models;

/// <summary>The arguments of <c>evaluate</c> and <c>report</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="IsJson">Whether to print JSON.</param>
internal sealed record EvaluateRequest(ModelLocation Model, bool IsJson)
{
    /// <summary>The runs that are compared; empty for a report of one run.</summary>
    public IReadOnlyList<string> Compared { get; init; } = [];

    /// <summary>The page to write; null for <c>report.html</c> in the folder of the run.</summary>
    public string? Html { get; init; }
}
