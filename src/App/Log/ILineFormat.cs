using ConvNN.App.Log.Events;

namespace ConvNN.App.Log;

/// <summary>Formats an event as one machine-readable line.</summary>
internal interface ILineFormat
{
    /// <summary>The line, without a newline.</summary>
    /// <param name="time">When it happened.</param>
    /// <param name="what">What happened.</param>
    string Line(DateTimeOffset time, RunEvent what);
}
