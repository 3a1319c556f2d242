using ConvNN.App.Log.Events;

namespace ConvNN.App.Log.Drawing;

/// <summary>A column of the table of epochs.</summary>
/// <param name="Key">What it is.</param>
/// <param name="Title">Its title.</param>
/// <param name="Narrow">Its title where there is little room.</param>
/// <param name="Width">Its width.</param>
/// <param name="NarrowWidth">Its width where there is little room.</param>
/// <param name="Text">What it says of an epoch; told whether there is little room.</param>
internal sealed record EpochColumn(string Key, string Title, string Narrow, int Width, int NarrowWidth, Func<EpochEvent, bool, string> Text)
{
    /// <summary>Whether it holds words; numbers stand at the right of their column.</summary>
    public bool IsWord { get; init; }

    /// <summary>The cell with a text.</summary>
    public string Cell(string text, bool isNarrow)
    {
        int width = isNarrow ? NarrowWidth : Width;
        return IsWord ? text.PadRight(width) : text.PadLeft(width);
    }
}
