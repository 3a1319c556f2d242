namespace ConvNN.Training.Tracing;

/// <summary>A summary of all weights.</summary>
/// <param name="Norm">Their Euclidean norm.</param>
/// <param name="Sha256">Their hash, <see cref="Model.Parameters.ParameterLayout.Hash"/>.</param>
public readonly record struct WeightsDigest(double Norm, string Sha256);
