namespace ConvNN.Data.Idx;

/// <summary>What a caller expects an IDX file to contain.</summary>
public enum IdxContent
{
    /// <summary>Labels [N].</summary>
    Labels,

    /// <summary>Images [N, H, W] or [N, C, H, W].</summary>
    Images,
}
