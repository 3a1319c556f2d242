using ConvNN.App.Log.Events;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log;

/// <summary>Turns each message that libraries write through .NET's logging into a <c>log</c> event.</summary>
/// <param name="log">Where the events go.</param>
internal sealed class RunLoggerProvider(RunLog log) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new CategoryLogger(log, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class CategoryLogger(RunLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // Levels have already been filtered.
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string text = formatter(state, exception);
            text = exception is null ? text : $"{text} {exception.GetType().Name}: {exception.Message}";
            log.Write(new TextEvent("log", $"{logLevel.ToString():level} {category:category}: {text:text}") { Level = logLevel, IsFiltered = true });
        }
    }
}
