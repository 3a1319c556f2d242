using ConvNN.App.Log.Events;

namespace ConvNN.App.Log;

/// <summary>Writes an event as one line that programs read.</summary>
internal interface ILineFormat
{
    /// <summary>The line, without an end.</summary>
    /// <param name="time">When it happened.</param>
    /// <param name="what">What happened.</param>
    string Line(DateTimeOffset time, RunEvent what);
}
