using ConvNN.Model;

namespace ConvNN.App.Commands;

/// <summary>A command line that cannot be understood.</summary>
/// <param name="message">The one line.</param>
internal sealed class UsageException(string message) : ConvNNException(message);
