namespace ConvNN.App.Configuration;

/// <summary>What stdout shows: <c>Logging:Format</c>.</summary>
internal enum LogFormat
{
    /// <summary>Formatted for people on a terminal, otherwise lines of <c>key=value</c>.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}
