namespace ConvNN.App.Runs;

/// <summary>The weights that a run began with.</summary>
/// <param name="File">The model file.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Tensors">The tensors that were taken from it.</param>
internal sealed record WeightsRecord(string File, string Sha256, IReadOnlyList<string> Tensors);
