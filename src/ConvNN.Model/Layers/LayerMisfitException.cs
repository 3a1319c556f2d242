namespace ConvNN.Model.Layers;

/// <summary>A layer that does not fit the shape that reaches it; the network adds the chain of shapes.</summary>
/// <param name="message">What the layer got and what it needs, with both numbers.</param>
public sealed class LayerMisfitException(string message) : ConvNNException(message)
{
    /// <summary>Throws unless an option reaches its minimum: layers made in code meet no <see cref="Options.OptionSpec"/>.</summary>
    internal static void ThrowIfBelow(int minimum, int value, string layer, string option)
    {
        if (value < minimum)
        {
            throw new LayerMisfitException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{layer} takes {option} of at least {minimum} but gets {value}."));
        }
    }

    /// <inheritdoc cref="ThrowIfBelow(int, int, string, string)"/>
    internal static void ThrowIfBelow(int minimum, Size2d value, string layer, string option)
    {
        if (value.Height < minimum || value.Width < minimum)
        {
            throw new LayerMisfitException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{layer} takes {option} of at least {minimum} but gets {value}."));
        }
    }
}
