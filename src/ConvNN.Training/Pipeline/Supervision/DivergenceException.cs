using ConvNN.Model;

namespace ConvNN.Training.Pipeline.Supervision;

/// <summary>Training has left the finite numbers: a loss or a gradient is NaN or infinite. The weights are those before the step.</summary>
/// <param name="message">Epoch, step, learning rate and the first bad number.</param>
/// <param name="innerException">What it adds to, if it does.</param>
public sealed class DivergenceException(string message, Exception? innerException = null) : ConvNNException(message, innerException);
