namespace ConvNN.App.Configuration;

/// <summary>What stdout shows: <c>Logging:Format</c>.</summary>
internal enum LogFormat
{
    /// <summary>Drawn on a terminal, otherwise lines of <c>key=value</c>.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
