using ConvNN.App.Output.Events;

namespace ConvNN.App.Output;

/// <summary>Writes an event as one line that programs read.</summary>
internal interface ILineFormat
{
    /// <summary>The line, without an end.</summary>
    /// <param name="time">When it happened.</param>
    /// <param name="what">What happened.</param>
    string Line(DateTimeOffset time, RunEvent what);
}
