namespace ConvNN.App.Output;

/// <summary>Who read this program's stdout has left, as <c>| head -1</c> does after a line. That is nobody's mistake.</summary>
/// <param name="message">The system's reason.</param>
internal sealed class ReaderGoneException(string message) : IOException(message);
