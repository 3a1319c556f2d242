using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log.Events;

/// <summary>
/// Something that happened in a run. Each kind of event declares its fields once. All output is made from them: lines or
/// JSON on stdout, text on a terminal, and <c>log.txt</c>.
/// </summary>
/// <param name="Word">The word with which its lines begin; stable across versions.</param>
internal abstract record RunEvent(string Word)
{
    /// <summary>Its fields, in the order in which they are written.</summary>
    public abstract IEnumerable<Field> Fields { get; }

    /// <summary>The events that line formats write in its place: usually itself; for a table, one event per row.</summary>
    public virtual IEnumerable<RunEvent> Parts => [this];

    /// <summary>Whether it makes the status line outdated.</summary>
    public virtual bool EndsStatus => false;

    /// <summary>Its own lines on a terminal; null for the standard format.</summary>
    /// <param name="columns">The maximum width of a line.</param>
    public virtual IEnumerable<string>? Drawn(int columns) => null;

    /// <summary>Its level; <c>Logging:LogLevel</c> sets which levels stdout shows.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Whether it has already passed the filter of .NET's logging.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>Where it is shown.</summary>
    public Audience Audience { get; init; }
}
