using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Pictures;

namespace ConvNN.App.Reports;

/// <summary>The filters of a network's first layer as pictures, if it is a convolution of grey or colour images.</summary>
internal sealed class FilterPictures
{
    private const int Most = 64;

    private readonly Parameter _weight;

    private FilterPictures(string layer, Parameter weight)
    {
        Layer = layer;
        _weight = weight;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>The number of its filters.</summary>
    public int Count => _weight.Rows;

    /// <summary>The size of a filter: <c>3×3</c>.</summary>
    public string Size => $"{_weight.Dimensions[2]}×{_weight.Dimensions[3]}";

    /// <summary>What the shades mean.</summary>
    public string Legend => _weight.Dimensions[1] == 1
        ? "grey is 0, white the largest weight of the filter, black the same below 0"
        : "each colour is the filter's weight for that channel: half bright is 0, full the largest weight of the filter, none the same below 0";

    /// <summary>Those of a network; null if it has none to show.</summary>
    /// <param name="network">The network.</param>
    public static FilterPictures? Of(Network network) =>
        network.Blocks.FirstOrDefault(block => block.ParameterCount > 0) is { Options: Conv2dOptions } block && network.Input.Channels is 1 or 3
            ? new FilterPictures(block.Name, network.Layout.Parameters.First(parameter => parameter.Name == $"{block.Name}.weight"))
            : null;

    /// <summary>The weights of the filters, to be drawn.</summary>
    /// <param name="weights">All weights of the network.</param>
    public float[][] Take(ReadOnlySpan<float> weights)
    {
        float[][] filters = new float[Math.Min(Count, Most)][];
        for (int filter = 0; filter < filters.Length; filter++)
        {
            filters[filter] = _weight.Row(weights, filter).ToArray();
        }

        return filters;
    }

    /// <summary>A picture of each filter.</summary>
    /// <param name="filters">Their weights.</param>
    public IReadOnlyList<Picture> Draw(float[][] filters) => [.. filters.Select(Draw)];

    private Picture Draw(float[] values)
    {
        float largest = Math.Max(values.Max(Math.Abs), float.Epsilon);
        byte[] shades = [.. values.Select(value => (byte)Math.Clamp(Math.Round(127.5 + (127.5 * value / largest)), 0, 255))];
        return Planes.ToPicture(shades, Shape.Image(_weight.Dimensions[1], _weight.Dimensions[2], _weight.Dimensions[3]));
    }
}
