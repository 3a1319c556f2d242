namespace ConvNN.Training.Progress;

/// <summary>The result of an evaluation on the test set with the weights that it was measured on; beside other weights its figures would be untrue.</summary>
/// <param name="Pass">The pass over the test set.</param>
/// <param name="WeightsSha256">SHA-256 of the weights, <see cref="Model.Parameters.ParameterLayout.Hash"/>.</param>
public sealed record TestResult(PassResult Pass, string WeightsSha256);
