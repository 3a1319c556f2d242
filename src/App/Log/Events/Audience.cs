namespace ConvNN.App.Log.Events;

/// <summary>Where an event is shown.</summary>
internal enum Audience
{
    /// <summary>On stdout and in <c>log.txt</c>.</summary>
    Everybody,

    /// <summary>Only in the status line of a terminal, until the next update.</summary>
    StatusLine,

    /// <summary>Only in <c>log.txt</c>.</summary>
    LogFile,
}
