using ConvNN.Kernels.Pooling;

namespace ConvNN.Model.Layers;

/// <summary>What all layers that pool windows share.</summary>
internal static class Pooling
{
    /// <summary>The sizes, for one sample.</summary>
    public static Pool2dGeometry GeometryOf(Size2d window, Size2d? stride, Shape input)
    {
        Size2d step = stride ?? window;
        return new Pool2dGeometry(1, input.Channels, input.Height, input.Width, window.Height, window.Width, step.Height, step.Width);
    }

    /// <summary>The output shape of a pool.</summary>
    /// <exception cref="LayerMisfitException">The pool does not fit its input.</exception>
    public static Shape OutputOf(string layer, Size2d window, Size2d? stride, Shape input)
    {
        if (input.IsVector || input.Height < window.Height || input.Width < window.Width)
        {
            throw new LayerMisfitException($"{layer} needs an image at least as large as its window {window} but gets {input}.");
        }

        if ((long)window.Height * window.Width > ushort.MaxValue + 1)
        {
            throw new LayerMisfitException($"{layer} takes windows of up to 65,536 values but gets {window}.");
        }

        Pool2dGeometry geometry = GeometryOf(window, stride, input);
        return Shape.Image(input.Channels, geometry.OutputHeight, geometry.OutputWidth);
    }
}
