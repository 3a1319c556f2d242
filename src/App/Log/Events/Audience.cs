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

    /// <summary>Only on stdout: an address with a token is not kept in files that others may read.</summary>
    Output,
}
