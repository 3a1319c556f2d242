using ConvNN.Kernels;
using ConvNN.Kernels.Convolution;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Layers;

/// <summary>Options of <see cref="Conv2d"/> and of the activation after it.</summary>
public sealed record Conv2dOptions : WeightedLayerOptions
{
    /// <summary>Number of filters: the channels of the output.</summary>
    public required int Filters { get; init => field = Checked(value); }

    /// <summary>Rows and columns of a filter.</summary>
    public required Size2d Kernel { get; init => field = Checked(value); }

    /// <summary>Rows and columns from one window to the next.</summary>
    public Size2d Stride { get; init => field = Checked(value); } = 1;

    /// <summary>Rows of zeros above and below the input, and columns of zeros left and right of it.</summary>
    public Size2d Padding { get; init => field = Checked(value); } = 0;

    /// <summary>Spacing between the elements of a filter, in rows and columns of the input.</summary>
    public Size2d Dilation { get; init => field = Checked(value); } = 1;

    /// <summary>Number of groups that channels and filters are divided into; a filter sees only the channels of its group.</summary>
    public int Groups { get; init => field = Checked(value); } = 1;

    /// <summary>Whether each filter has a bias.</summary>
    public bool Bias { get; init => field = Checked(value); } = true;

    /// <summary>A name from <see cref="Layers.Activation"/>, or null for none.</summary>
    public string? Activation { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Conv2d.Type;

    /// <inheritdoc/>
    public override string NamePrefix => "conv";

    /// <inheritdoc/>
    public override string Summary =>
        $"{Filters} of {Kernel}{(Stride == 1 ? "" : $", stride {Stride}")}{(Padding == 0 ? "" : $", padding {Padding}")}"
        + $"{(Dilation == 1 ? "" : $", dilation {Dilation}")}{(Groups == 1 ? "" : $", {Groups} groups")}"
        + $"{(Bias ? "" : ", no bias")}{(Activation is null ? "" : $", {Activation}")}";

    /// <inheritdoc/>
    public override void AddTo(LayerStack stack)
    {
        stack.Add(site => new Conv2d(this, site));
        Layers.Activation.AddTo(stack, Activation);
    }
}

/// <summary>2-D convolution, a cross-correlation (PyTorch <c>nn.Conv2d</c>, ONNX <c>Conv</c>).</summary>
/// <remarks>
/// Shapes: x [N, C, H, W], y [N, Filters, OH, OW], weight [Filters, C / groups, KH, KW], bias [Filters];
/// OH = (H + 2·padding − (KH − 1)·dilation − 1) / stride + 1. With as many groups as channels, the convolution is depthwise.
/// </remarks>
public sealed class Conv2d : Layer
{
    /// <summary>Creates the layer and its parameters: weights from the initializer, biases zero.</summary>
    /// <param name="options">The options.</param>
    /// <param name="site">Its place in the network.</param>
    /// <exception cref="LayerMisfitException">The input is a vector, or smaller than the kernel, or an option is out of range.</exception>
    /// <exception cref="OverflowException">The padded input is larger than 2³¹ − 1.</exception>
    public Conv2d(Conv2dOptions options, LayerSite site)
        : base(site, OutputOf(options, site.Input))
    {
        Geometry = GeometryOf(options, Input);
        int[] dimensions = [options.Filters, Geometry.GroupChannels, options.Kernel.Height, options.Kernel.Width];
        int fanOut = (int)Math.Min(int.MaxValue, (long)options.Filters * options.Kernel.Height * options.Kernel.Width);
        WeightInitializer.Fan fan = new(Geometry.Taps, fanOut, options.Activation);
        Weight = site.AddParameter(0, "weight", dimensions, WeightInitializer.Of(Type.Name, options.Initializer, options.InitialValue, fan));
        Bias = options.Bias ? site.AddParameter(1, "bias", [options.Filters], Initializer.Zeros) : null;
    }

    /// <summary>The registration.</summary>
    public static TypeDefinition<LayerOptions> Type { get; } = LayerType.Define(
        "conv2d",
        "2-D convolution.",
        () => new Conv2dOptions { Filters = 1, Kernel = 1 },
        Option.Of("Filters", ValueKinds.Count, (Conv2dOptions o) => o.Filters, (o, v) => o with { Filters = v }, "number of filters, and so of the output's channels") with { IsRequired = true },
        Option.Of("Kernel", ValueKinds.Size(1), (Conv2dOptions o) => o.Kernel, (o, v) => o with { Kernel = v }, "height and width of a filter") with { IsRequired = true },
        Option.Of("Stride", ValueKinds.Size(1), (Conv2dOptions o) => o.Stride, (o, v) => o with { Stride = v }, "step from one window to the next, in rows and columns"),
        Option.Of("Padding", ValueKinds.Size(0), (Conv2dOptions o) => o.Padding, (o, v) => o with { Padding = v }, "rows and columns of zeros around the input"),
        Option.Of("Dilation", ValueKinds.Size(1), (Conv2dOptions o) => o.Dilation, (o, v) => o with { Dilation = v }, "spacing of a filter's elements, in rows and columns of the input"),
        Option.Of("Groups", ValueKinds.Count, (Conv2dOptions o) => o.Groups, (o, v) => o with { Groups = v }, "number of groups into which channels and filters are divided; as many as there are channels makes it depthwise"),
        Option.Of("Bias", ValueKinds.Boolean, (Conv2dOptions o) => o.Bias, (o, v) => o with { Bias = v }, "whether each filter has a bias"),
        Option.Of("Activation", ValueKinds.OptionalWord(() => Activation.Names), (Conv2dOptions o) => o.Activation, (o, v) => o with { Activation = v }, "activation applied to the outputs"),
        WeightInitializer.NameOption,
        WeightInitializer.ValueOption);

    /// <summary>The sizes, for one sample.</summary>
    internal Conv2dGeometry Geometry { get; }

    internal Parameter Weight { get; }

    internal Parameter? Bias { get; }

    /// <inheritdoc/>
    public override bool HasParameters => true;

    /// <inheritdoc/>
    public override long Operations => 2L * Geometry.Taps * Output.Count;

    /// <inheritdoc/>
    public override int ScratchLength(KernelSet kernels) => kernels.Conv2d.ScratchLength(Geometry);

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, in LayerContext context) =>
        context.Kernels.Conv2d.Forward(x, context.Value(Weight), context.ValueOrEmpty(Bias), y, context.Scratch, GeometryOf(context));

    /// <inheritdoc/>
    public override void Define(ReadOnlySpan<double> x, Span<double> y, in DefinitionContext context)
    {
        for (int output = 0; output < y.Length; output++)
        {
            (int row, int column) = Math.DivRem(output, Geometry.OutputWidth);
            (int filter, row) = Math.DivRem(row, Geometry.OutputHeight);
            ReadOnlySpan<double> weight = context.Value(Weight).Slice(filter * Weight.RowStride, Weight.RowLength);
            double sum = Bias is null ? 0 : context.Value(Bias)[filter];
            ReadOnlySpan<double> channels = x[(filter / Geometry.GroupFilters * Geometry.GroupChannels * Geometry.Height * Geometry.Width)..];
            y[output] = sum + Window(channels, weight, (row * Geometry.StrideHeight) - Geometry.PaddingHeight, (column * Geometry.StrideWidth) - Geometry.PaddingWidth);
        }
    }

    /// <inheritdoc/>
    public override void InputGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, in LayerContext context) =>
        context.Kernels.Conv2d.InputGradient(dy, context.Value(Weight), dx, context.Scratch, GeometryOf(context));

    /// <inheritdoc/>
    public override void ParameterGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, SubtreeGradient gradient, in LayerContext context) =>
        context.Kernels.Conv2d.ParameterGradient(
            x, dy, gradient.Of(Weight), gradient.OfOrEmpty(Bias), gradient.Edges, context.Scratch, GeometryOf(context));

    /// <summary>Applies a filter to the window at a row and column of the input, which is padded with zeros.</summary>
    private double Window(ReadOnlySpan<double> x, ReadOnlySpan<double> weight, int top, int left)
    {
        Conv2dGeometry g = Geometry;
        double sum = 0;
        for (int row = 0; row < g.GroupChannels * g.KernelHeight; row++)
        {
            (int channel, int inside) = Math.DivRem(row, g.KernelHeight);
            int y = top + (inside * g.DilationHeight);
            for (int column = 0; column < g.KernelWidth && (uint)y < (uint)g.Height; column++)
            {
                int at = left + (column * g.DilationWidth);
                double value = (uint)at < (uint)g.Width ? x[(((channel * g.Height) + y) * g.Width) + at] : 0;
                sum += weight[(row * g.KernelWidth) + column] * value;
            }
        }

        return sum;
    }

    private static Conv2dGeometry GeometryOf(Conv2dOptions options, Shape input) => new()
    {
        Samples = 1,
        Channels = input.Channels,
        Height = input.Height,
        Width = input.Width,
        Filters = options.Filters,
        KernelHeight = options.Kernel.Height,
        KernelWidth = options.Kernel.Width,
        StrideHeight = options.Stride.Height,
        StrideWidth = options.Stride.Width,
        PaddingHeight = options.Padding.Height,
        PaddingWidth = options.Padding.Width,
        DilationHeight = options.Dilation.Height,
        DilationWidth = options.Dilation.Width,
        Groups = options.Groups,
    };

    private static Shape OutputOf(Conv2dOptions options, Shape input)
    {
        if (input.IsVector)
        {
            throw new LayerMisfitException($"conv2d needs an image but gets a vector of {input}; put it before the flatten layer.");
        }

        if (input.Channels % options.Groups != 0 || options.Filters % options.Groups != 0)
        {
            throw new LayerMisfitException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"conv2d needs Groups that divide both its {input.Channels} channels and its {options.Filters} filters but gets {options.Groups}."));
        }

        int height = checked(input.Height + (2 * options.Padding.Height));
        int width = checked(input.Width + (2 * options.Padding.Width));
        Size2d window = new(checked(((options.Kernel.Height - 1) * options.Dilation.Height) + 1), checked(((options.Kernel.Width - 1) * options.Dilation.Width) + 1));
        if (height < window.Height || width < window.Width)
        {
            string dilated = window == options.Kernel ? "" : $", {window} with its dilation,";
            throw new LayerMisfitException(
                $"conv2d needs an input at least as large as its kernel {options.Kernel}{dilated} but gets {height}×{width}, padding included.");
        }

        Conv2dGeometry geometry = GeometryOf(options, input);
        return Shape.Image(geometry.Filters, geometry.OutputHeight, geometry.OutputWidth);
    }

    private Conv2dGeometry GeometryOf(in LayerContext context) => Geometry with { Samples = context.Samples };
}
