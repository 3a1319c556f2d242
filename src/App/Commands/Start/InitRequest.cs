namespace ConvNN.App.Commands.Start;

/// <summary>The arguments of <c>init</c> beyond its configuration.</summary>
/// <param name="File">The file to write.</param>
/// <param name="IsForced">Whether files that are there are replaced.</param>
internal sealed record InitRequest(string File, bool IsForced);
