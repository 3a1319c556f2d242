using ConvNN.Model;

namespace ConvNN.Pictures;

/// <summary>
/// How pictures become the input of a network. It belongs to the model: training, evaluation and prediction prepare a picture alike.
/// </summary>
public abstract class Preparation
{
    private const int Grey = 1;
    private const int Color = 3;

    /// <summary>The name in a configuration and in a model file.</summary>
    public abstract string Name { get; }

    /// <summary>Prepares a picture for a network.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="shape">The network's input, with one or three channels: a colour picture becomes grey, or a grey one has three equal channels.</param>
    /// <exception cref="PictureException">The network takes another number of channels.</exception>
    public PreparedPicture Prepare(Picture picture, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (shape.IsVector || shape.Channels is not (Grey or Color))
        {
            throw new PictureException($"A picture has 1 or 3 channels, but the network takes {shape}; use an IDX file.");
        }

        List<string> changes = [];
        if (picture.Channels > shape.Channels)
        {
            picture = picture.ToGrey();
            changes.Add("converted to grey");
        }

        byte[] values = Fit(picture, shape.Width, shape.Height, changes).ToPlanes(shape.Channels);
        if (!values.AsSpan().ContainsAnyExcept(values[0]))
        {
            changes.Add("blank, all its values are equal");
        }

        return new PreparedPicture(values, changes);
    }

    /// <summary>Fits a picture to the size of a network's input, in the channels that it has.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Width of the input.</param>
    /// <param name="height">Height of the input.</param>
    public Picture Fit(Picture picture, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return Fit(picture, width, height, []);
    }

    /// <summary>Fits a picture to the size of a network's input, in the channels that it has.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Width of the input.</param>
    /// <param name="height">Height of the input.</param>
    /// <param name="changes">Receives what was changed, in words.</param>
    private protected abstract Picture Fit(Picture picture, int width, int height, List<string> changes);
}
