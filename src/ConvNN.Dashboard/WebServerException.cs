namespace ConvNN.Dashboard;

/// <summary>Pages cannot be served: the message says why, and what to do.</summary>
/// <param name="message">One sentence.</param>
/// <param name="cause">The cause; null if there is none.</param>
public sealed class WebServerException(string message, Exception? cause = null) : Exception(message, cause);
