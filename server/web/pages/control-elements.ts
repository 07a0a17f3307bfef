// The elements that the player's controls are made of: imported, they are defined where there is a browser to define them in.

import MediaAirplayButton from "media-chrome/media-airplay-button";
import MediaCaptionsButton from "media-chrome/media-captions-button";
import MediaCastButton from "media-chrome/media-cast-button";
import MediaControlBar from "media-chrome/media-control-bar";
import MediaController from "media-chrome/media-controller";
import MediaFullscreenButton from "media-chrome/media-fullscreen-button";
import MediaGestureReceiver from "media-chrome/media-gesture-receiver";
import MediaKeyboardShortcutsDialog from "media-chrome/media-keyboard-shortcuts-dialog";
import MediaMuteButton from "media-chrome/media-mute-button";
import MediaPipButton from "media-chrome/media-pip-button";
import MediaPlayButton from "media-chrome/media-play-button";
import MediaPreviewChapterDisplay from "media-chrome/media-preview-chapter-display";
import MediaPreviewThumbnail from "media-chrome/media-preview-thumbnail";
import MediaPreviewTimeDisplay from "media-chrome/media-preview-time-display";
import MediaTimeDisplay from "media-chrome/media-time-display";
import MediaTimeRange from "media-chrome/media-time-range";
import MediaTooltip from "media-chrome/media-tooltip";
import MediaVolumeRange from "media-chrome/media-volume-range";
import MediaChromeMenuItem from "media-chrome/menu/media-chrome-menu-item";
import MediaPlaybackRateMenu from "media-chrome/menu/media-playback-rate-menu";
import MediaPlaybackRateMenuButton from "media-chrome/menu/media-playback-rate-menu-button";
import MediaRenditionMenu from "media-chrome/menu/media-rendition-menu";
import MediaRenditionMenuButton from "media-chrome/menu/media-rendition-menu-button";

/** Those in the page, and those that these hold. */
export const CONTROL_ELEMENTS = [
  MediaAirplayButton,
  MediaCaptionsButton,
  MediaCastButton,
  MediaControlBar,
  MediaController,
  MediaFullscreenButton,
  MediaGestureReceiver,
  MediaKeyboardShortcutsDialog,
  MediaMuteButton,
  MediaPipButton,
  MediaPlayButton,
  MediaTimeDisplay,
  MediaTimeRange,
  MediaTooltip,
  MediaVolumeRange,
  MediaChromeMenuItem,
  MediaPlaybackRateMenu,
  MediaPlaybackRateMenuButton,
  MediaRenditionMenu,
  MediaRenditionMenuButton,
  MediaPreviewChapterDisplay,
  MediaPreviewThumbnail,
  MediaPreviewTimeDisplay,
] as const;
