using ConvNN.Model;

namespace ConvNN.App.Faults;

/// <summary><c>verify</c> has proved that two runs differ which must be equal. The message says what that means.</summary>
/// <param name="message">The message, on one line.</param>
internal sealed class DifferenceException(string message) : ConvNNException(message);
