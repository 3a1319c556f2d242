namespace ConvNN.Training.Tracing;

/// <summary>A weight and its change in the step.</summary>
/// <param name="Name">Its tensor and index: <c>conv1.weight[12]</c>.</param>
/// <param name="Before">Its value before the step.</param>
/// <param name="Mean">Its mean gradient.</param>
/// <param name="After">Its value after the step.</param>
public readonly record struct TracedWeight(string Name, float Before, float Mean, float After);
