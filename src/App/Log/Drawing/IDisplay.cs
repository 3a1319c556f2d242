using ConvNN.App.Log.Events;

namespace ConvNN.App.Log.Drawing;

/// <summary>Shows events on stdout, one at a time.</summary>
internal interface IDisplay
{
    /// <summary>Shows an event.</summary>
    /// <param name="time">When it happened.</param>
    /// <param name="what">What happened.</param>
    void Show(DateTimeOffset time, RunEvent what);
}
