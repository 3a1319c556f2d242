using System.Collections.Concurrent;
using System.Globalization;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Losses;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

namespace ConvNN.Formats;

/// <summary>
/// Classifies images with a trained network. Thread-safe; gives the same bits as the evaluation of a training run, on every
/// machine.
/// </summary>
/// <example>
/// <code>
/// Classifier classifier = Classifier.Load("model.safetensors");
/// Prediction digit = classifier.PredictFile("seven.png");
/// Console.WriteLine($"{digit.Name}: {digit.Probability:P1}");
/// </code>
/// </example>
public sealed class Classifier
{
    private readonly KernelSet _kernels = KernelSet.For(KernelSet.BestTier);
    private readonly AlignedBuffer _weights;

    // Memory that no call is using; at most as many instances as there were concurrent calls.
    private readonly ConcurrentBag<Memory> _free = [];

    /// <summary>Creates a classifier from a network and its weights, which must no longer change.</summary>
    /// <param name="network">The network; it must end in a softmax.</param>
    /// <param name="weights">Its weights.</param>
    /// <exception cref="ArgumentException">The network does not end in a softmax, or the number of weights does not match.</exception>
    public Classifier(Network network, AlignedBuffer weights)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        if (!network.EndsInSoftmax)
        {
            throw new ArgumentException($"The last layer '{network.Blocks[^1].Name}' gives no probabilities; its Activation must be softmax.", nameof(network));
        }

        if (weights.Length != network.Layout.Length)
        {
            throw new ArgumentException($"There are {weights.Length} weights, but the network has {network.Layout.Length}.", nameof(weights));
        }

        Network = network;
        _weights = weights;
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>Number of classes.</summary>
    public int Classes => Network.Output.Count;

    /// <summary>What the network was trained on; null if that is not known.</summary>
    public ModelSubject? Subject { get; init; }

    /// <summary>The names of the classes; null if they are just numbers.</summary>
    public IReadOnlyList<string>? ClassNames => Subject?.ClassNames;

    /// <summary>The name of a class, or its number if it has none.</summary>
    /// <param name="label">The class.</param>
    public string NameOf(int label) => ClassNames?[label] ?? label.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Loads a model saved by a training run.</summary>
    /// <param name="path">The file, <c>model.safetensors</c>.</param>
    /// <exception cref="ModelFileException">The file is missing or invalid, or its network does not end in a softmax.</exception>
    public static Classifier Load(string path)
    {
        ModelFile model = ModelFile.Load(path);
        try
        {
            return new Classifier(model.Network, model.Weights) { Subject = model.Subject };
        }
        catch (ArgumentException misfit)
        {
            throw new ModelFileException($"{path}: the network is not a classifier: {misfit.Message}", misfit);
        }
    }

    /// <summary>Prepares a picture as those were that the network was trained on.</summary>
    /// <param name="picture">The picture, of any size.</param>
    /// <exception cref="PictureException">The network takes neither one nor three channels.</exception>
    public PreparedPicture Prepare(Picture picture) => (Subject?.Preparation ?? Preparations.Resize).Prepare(picture, Network.Input);

    /// <summary>Classifies a picture, which is prepared first: <c>Predict(PictureFile.Read("photo.jpg"))</c>.</summary>
    /// <param name="picture">The picture, of any size.</param>
    /// <exception cref="PictureException">The network takes neither one nor three channels.</exception>
    public Prediction Predict(Picture picture) => Predict(Prepare(picture).Values);

    /// <summary>Classifies the picture in a stream, such as an upload: PNG, JPEG, GIF, BMP, PGM or PPM.</summary>
    /// <param name="picture">The picture's bytes, from the stream's position to its end.</param>
    /// <exception cref="PictureException">It is not a valid picture of these kinds, or larger than <see cref="PictureFile.MaxBytes"/>.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public Prediction Predict(Stream picture) => Predict(PictureFile.Read(picture));

    /// <summary>Classifies the picture in a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PictureException">It is missing, cannot be read, or is not a valid picture.</exception>
    public Prediction PredictFile(string path) => Predict(PictureFile.Read(path));

    /// <summary>Classifies the pictures in files, on all cores.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Cancels between pictures.</param>
    /// <returns>A prediction for each, in their order.</returns>
    /// <exception cref="PictureException">One is missing, cannot be read, or is not a valid picture: the first of them in their order.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<Prediction> PredictFiles(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Prediction[] predictions = new Prediction[paths.Count];
        PictureException?[] faults = new PictureException?[paths.Count];
        Parallel.For(0, paths.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            try
            {
                predictions[i] = PredictFile(paths[i]);
            }
            catch (PictureException fault)
            {
                faults[i] = fault;
            }
        });
        return faults.FirstOrDefault(fault => fault is not null) is { } first ? throw first : predictions;
    }

    /// <summary>Classifies an image.</summary>
    /// <param name="pixels">Its values [C, H, W], 0 (background) to 255.</param>
    /// <exception cref="ArgumentException">The image does not have the size that the network takes.</exception>
    public Prediction Predict(ReadOnlySpan<byte> pixels)
    {
        float[] probabilities = new float[Classes];
        return Named(Predict(pixels, probabilities), probabilities);
    }

    /// <summary>Classifies an image.</summary>
    /// <param name="values">Its values [C, H, W], 0 (background) to 1: pixels divided by 255.</param>
    /// <exception cref="ArgumentException">The image does not have the size that the network takes.</exception>
    public Prediction Predict(ReadOnlySpan<float> values)
    {
        float[] probabilities = new float[Classes];
        return Named(Predict(values, probabilities), probabilities);
    }

    /// <summary>
    /// Classifies an image. Allocates nothing, except on the first call and when more calls run concurrently than before.
    /// </summary>
    /// <param name="pixels">Its values [C, H, W], 0 (background) to 255.</param>
    /// <param name="probabilities">Receives the probability of each class.</param>
    /// <returns>The most probable class; the first one in a tie.</returns>
    /// <exception cref="ArgumentException">
    /// The image does not have the size that the network takes, or <paramref name="probabilities"/> does not have the length
    /// <see cref="Classes"/>.
    /// </exception>
    public int Predict(ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        CheckLengths(pixels.Length, probabilities.Length);
        Memory memory = Rent();
        ConvertKernels.ToUnit(pixels, memory.Image.Span[..pixels.Length], _kernels.Tier);
        return Predict(memory, probabilities);
    }

    /// <inheritdoc cref="Predict(ReadOnlySpan{byte}, Span{float})"/>
    /// <param name="values">Its values [C, H, W], 0 (background) to 1: pixels divided by 255.</param>
    /// <param name="probabilities">Receives the probability of each class.</param>
    public int Predict(ReadOnlySpan<float> values, Span<float> probabilities)
    {
        CheckLengths(values.Length, probabilities.Length);
        Memory memory = Rent();
        values.CopyTo(memory.Image.Span);
        return Predict(memory, probabilities);
    }

    /// <summary>Shows what the network sees in an image, and which pixels a class depends on. It allocates memory for all layers.</summary>
    /// <param name="pixels">The image's values [C, H, W], 0 (background) to 255; <see cref="Prepare"/> makes them of a picture.</param>
    /// <param name="label">The class to explain; null for the one that is predicted.</param>
    /// <exception cref="ArgumentException">The image does not have the size that the network takes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public Explanation Explain(ReadOnlySpan<byte> pixels, int? label = null)
    {
        Prediction prediction = Predict(pixels);
        float[] image = new float[pixels.Length];
        ConvertKernels.ToUnit(pixels, image, _kernels.Tier);
        Normalization normalization = Subject?.Normalization ?? Normalization.Unit;
        normalization.Apply(image, _kernels.Elementwise);
        ImageTrace trace = new(Network, _weights, image);
        float[] gradient = trace.Gradient(label ?? prediction.Class);
        int plane = Network.Input.Count / Network.Input.Channels;
        for (int i = 0; i < gradient.Length && !normalization.IsUnit; i++)
        {
            gradient[i] /= normalization.Deviations[i / plane];
        }

        return new Explanation(
            prediction,
            label ?? prediction.Class,
            [.. Network.Blocks.Index().Select(block => new LayerOutput(block.Item.Name, block.Item.Type, block.Item.Output, trace.Output(block.Index)))],
            gradient);
    }

    private Prediction Named(int label, float[] probabilities) => new(label, probabilities) { Name = NameOf(label) };

    private int Predict(Memory memory, Span<float> probabilities)
    {
        Subject?.Normalization.Apply(memory.Image.Span[..Network.Input.Count], _kernels.Elementwise);
        SampleRun run = new()
        {
            Images = memory.Image.Span,
            Labels = [0],
            Indices = [0],
            Weights = _weights.Span,
            IsTraining = false,
            Seed = 0,
            Epoch = 0,
        };
        ReadOnlySpan<float> logits = Network.Forward(run, memory.Workspace)[..Classes];

        // Of the logits, since two different logits may give equal probabilities.
        int predicted = SoftmaxKernels.ArgMax(logits);
        SoftmaxKernels.Forward(logits, probabilities);
        _free.Add(memory);
        return predicted;
    }

    private Memory Rent() =>
        _free.TryTake(out Memory? memory) ? memory : new Memory(new AlignedBuffer(Network.Input.Stride), new Workspace(Network, capacity: 1, _kernels));

    private void CheckLengths(int values, int probabilities)
    {
        if (values != Network.Input.Count)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The image has {values} values, but the network takes {Network.Input} = {Network.Input.Count}."));
        }

        if (probabilities != Classes)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"There is room for {probabilities} probabilities, but the network has {Classes} classes."));
        }
    }

    /// <summary>The memory of a call.</summary>
    private sealed record Memory(AlignedBuffer Image, Workspace Workspace);
}
