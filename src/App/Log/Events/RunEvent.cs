using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log.Events;

/// <summary>
/// Something that happened in a run. Each kind names its fields once; what stdout shows, as lines, as JSON or drawn on a
/// terminal, and what <c>log.txt</c> keeps are made from them.
/// </summary>
/// <param name="Word">What its lines begin with; never changes.</param>
internal abstract record RunEvent(string Word)
{
    /// <summary>Its figures, in the order in which they are written.</summary>
    public abstract IEnumerable<Field> Fields { get; }

    /// <summary>The events that are written in its place, where one line is one thing: itself, but for a table.</summary>
    public virtual IEnumerable<RunEvent> Parts => [this];

    /// <summary>Whether a status line has become old with it.</summary>
    public virtual bool EndsStatus => false;

    /// <summary>Its lines on a terminal, where they are its own; null where they are made like those of other events.</summary>
    /// <param name="columns">What fits into a line.</param>
    public virtual IEnumerable<string>? Drawn(int columns) => null;

    /// <summary>How important it is; <c>Logging:LogLevel</c> says what stdout shows.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Whether .NET's logging has already found it important enough.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>Who gets to see it.</summary>
    public Audience Audience { get; init; }
}
