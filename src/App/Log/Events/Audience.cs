namespace ConvNN.App.Log.Events;

/// <summary>Who gets to see an event.</summary>
internal enum Audience
{
    /// <summary>Whoever looks at stdout, and <c>log.txt</c>.</summary>
    Everybody,

    /// <summary>Only the status line of a terminal, which is gone with the next one.</summary>
    StatusLine,

    /// <summary>Only <c>log.txt</c>: what stderr or another line has already said.</summary>
    LogFile,
}
