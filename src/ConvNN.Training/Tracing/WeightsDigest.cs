namespace ConvNN.Training.Tracing;

/// <summary>All weights in two numbers.</summary>
/// <param name="Norm">Their length.</param>
/// <param name="Sha256">Their hash, <see cref="Model.Parameters.ParameterLayout.Hash"/>.</param>
public readonly record struct WeightsDigest(double Norm, string Sha256);
