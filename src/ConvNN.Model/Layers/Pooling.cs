using ConvNN.Kernels.Pooling;
using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>What the layers have in common that pool windows.</summary>
internal static class Pooling
{
    /// <summary>The options of the configuration.</summary>
    public static IReadOnlyList<OptionSpec> Options { get; } =
    [
        OptionSpec.Size("Window", "rows and columns of a window", minimum: 1, isRequired: true),
        OptionSpec.Size("Stride", "rows and columns from one window to the next; the window's unless said otherwise", minimum: 1),
    ];

    /// <summary>The sizes, for one sample.</summary>
    public static MaxPool2dGeometry GeometryOf(Size2d window, Size2d? stride, Shape input)
    {
        Size2d step = stride ?? window;
        return new MaxPool2dGeometry(1, input.Channels, input.Height, input.Width, window.Height, window.Width, step.Height, step.Width);
    }

    /// <summary>The shape behind a pool.</summary>
    /// <exception cref="LayerMisfitException">The pool does not fit its input.</exception>
    public static Shape OutputOf(string layer, Size2d window, Size2d? stride, Shape input)
    {
        LayerMisfitException.ThrowIfBelow(1, window, layer, "a window");
        LayerMisfitException.ThrowIfBelow(1, stride ?? window, layer, "a stride");
        if (input.IsVector || input.Height < window.Height || input.Width < window.Width)
        {
            throw new LayerMisfitException($"{layer} needs an image of at least its window {window} but gets {input}.");
        }

        if ((long)window.Height * window.Width > ushort.MaxValue + 1)
        {
            throw new LayerMisfitException($"{layer} takes windows of up to 65,536 values but gets {window}.");
        }

        MaxPool2dGeometry geometry = GeometryOf(window, stride, input);
        return Shape.Image(input.Channels, geometry.OutputHeight, geometry.OutputWidth);
    }
}
