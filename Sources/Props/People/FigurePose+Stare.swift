extension FigurePose {
  /// Stands square to us, feet apart, the arms off the body, the face raised to us.
  static let stareText = """
    faces right
    wind below 600
    shape left shoe
      -107,62  -114,34  -128,14  -126,2  -106,-4  -78,-4  -58,0  -48,12  -44,34  -49,62
    limb left leg
      -42,500,55  -58,300,44  -70,185,39  -77,117,36  -78,80,36
    fold left hem
      -111,65,2  -95,52,3  -79,47,3.4  -62,51,3  -45,63,2
    shape right shoe
      53,62  48,36  52,14  62,1  84,-3  112,-2  130,4  132,16  118,36  111,62
    limb right leg
      44,500,54  60,300,43  73,185,39  81,117,36  82,80,36
    fold right hem
      49,63,2  66,51,3  83,47,3.4  99,52,3  115,65,2
    shape seat | jacket parka
      -84,545  -94,490  -76,440  0,420  76,440  92,490  84,545
    cloth coat | trench
      -44,850  -80,842  -112,826  -134,800  -126,750  -108,694  -96,636  -92,606  -97,580  -114,500  -132,410
      -150,310  -168,228
      -136,216  -100,220  -64,209  -30,215  -7,208  -4,240  0,280  4,240  9,209  46,216  82,206  118,216  168,226
      152,310  134,410  116,500  98,580  92,606  96,636  108,694  126,750  134,800  112,828  80,844  44,852
    cloth coat | long
      -44,850  -80,842  -114,828  -138,802  -132,750  -118,694  -108,636  -106,600  -114,540  -126,450  -140,330
      -154,220  -164,128
      -132,117  -96,122  -60,111  -28,117  -12,109  -6,170  0,240  6,170  14,110  50,117  88,107  124,117  164,128
      154,220  142,330  128,450  116,540  107,600  109,636  118,694  132,750  138,802  114,830  80,844  44,852
    cloth coat | parka
      -44,854  -84,844  -120,826  -146,796  -142,745  -132,690  -124,640  -120,604  -134,566  -148,510  -157,450
      -158,412  -146,400
      -104,406  -62,397  -10,404  40,397  92,405  146,400  160,412
      160,450  150,510  136,566  122,604  126,640  134,690  143,745  148,798  122,830  84,846  44,854
    cloth coat | jacket
      -44,850  -80,842  -112,826  -134,800  -130,750  -121,694  -116,640  -114,590  -114,552  -106,536  -106,508
      -52,500  0,497  52,500  106,508  106,536  114,552  114,590  116,640  122,694  130,750  134,802  112,830
      80,844  44,850
    cloth coat | cloak
      -44,854  -84,844  -122,820  -150,776  -168,690  -182,600  -194,480  -204,350  -212,196
      -178,184  -140,193  -100,178  -56,190  -14,176  -8,300  0,440  7,300  14,176  60,190  102,177  140,192
      176,182  212,196
      204,350  194,480  184,600  170,690  152,778  124,824  84,846  44,854
    shape belt, edged | trench
      -97,615  -40,606  40,606  97,615  100,587  40,577  -40,577  -100,587
    cloth belt end | trench
      10,600  30,598  36,540  42,480  30,466  14,478  14,540
    shape hem band, edged | jacket
      -114,546  -52,534  0,531  52,534  114,546  108,508  52,499  0,496  -52,499  -108,508
    shape left lapel, edged | trench long
      -40,850  -24,790  -8,700  0,620  -30,690  -50,740  -62,770  -82,776  -70,812
    shape right lapel, edged | trench long
      44,850  28,790  10,700  0,640  30,696  52,744  64,774  84,780  72,816
    limb left hand | trench long parka jacket
      -182,506,15  -187,482,18.5  -186,460,17
    limb left finger 1 | trench long parka jacket
      -175,460,6.5  -168,436,6  -164,416,5  -163,404,4
    limb left finger 2 | trench long parka jacket
      -183,454,6.8  -180,426,6.2  -178,404,5.2  -177,391,4
    limb left finger 3 | trench long parka jacket
      -191,455,6.8  -192,427,6.2  -191,406,5.2  -190,394,4
    limb left finger 4 | trench long parka jacket
      -198,460,6  -203,436,5.4  -204,418,4.6  -204,408,3.6
    limb left thumb | trench long parka jacket
      -172,486,8.6  -160,466,7  -155,448,6  -155,438,4.6
    limb right hand | trench long parka jacket
      184,506,15  189,482,18.5  188,460,17
    limb right finger 1 | trench long parka jacket
      177,460,6.5  170,436,6  166,416,5  165,404,4
    limb right finger 2 | trench long parka jacket
      185,454,6.8  182,426,6.2  180,404,5.2  179,391,4
    limb right finger 3 | trench long parka jacket
      193,455,6.8  194,427,6.2  193,406,5.2  192,394,4
    limb right finger 4 | trench long parka jacket
      200,460,6  205,436,5.4  206,418,4.6  206,408,3.6
    limb right thumb | trench long parka jacket
      174,486,8.6  162,466,7  157,448,6  157,438,4.6
    shape left arm, edged | trench long parka jacket
      -72,840  -112,830  -144,802  -162,750  -180,690  -196,630  -206,570  -210,520  -202,508  -178,503  -152,510
      -148,560  -139,620  -126,680  -110,735  -88,792
    shape right arm, edged | trench long parka jacket
      74,842  112,832  144,804  163,750  182,690  198,630  208,570  212,520  204,508  180,503  154,510  150,560
      141,620  128,680  112,735  90,794
    head facing at 0,932 bowed 0 | trench long jacket
    head hood-facing at 0,930 bowed 0 | parka cloak
    shape collar left, edged | trench
      -80,836  -86,870  -72,900  -58,892  -44,866  -20,840  -12,800  -44,810
    shape collar right, edged | trench
      82,838  88,872  74,902  60,892  46,868  22,842  12,800  46,812
    shape collar, edged | long jacket
      -70,844  -66,868  -52,880  -30,856  0,838  32,858  54,882  68,870  72,846  40,822  0,806  -40,820
    fold placket | trench long
      2,600,3  2,440,5  2,330,4
    fold zip | parka jacket
      2,800,3  2,640,4  2,430,3
    fold draw string | parka
      -120,604,4  -40,592,5  40,592,5  122,604,4
    fold left pocket | parka
      -110,540,3  -80,530,4  -50,536,3
    fold right pocket | parka
      52,536,3  82,530,4  112,540,3
    fold skirt 1 | trench long
      -70,560,3  -92,430,8  -122,260,12
    fold skirt 2 | trench long
      -34,570,3  -44,430,8  -54,240,11
    fold skirt 3 | trench long
      36,570,3  50,430,8  62,240,11
    fold skirt 4 | trench long
      70,560,3  94,430,8  122,250,12
    fold left elbow 1 | trench long parka jacket
      -178,680,2  -156,668,5  -132,674,2
    fold left elbow 2 | trench long parka jacket
      -190,644,2  -168,636,5  -142,642,2
    fold right elbow 1 | trench long parka jacket
      180,684,2  158,672,5  134,678,2
    fold right elbow 2 | trench long parka jacket
      192,648,2  170,640,5  144,646,2
    fold chest | parka jacket long
      -110,720,2  -70,700,5  -20,706,2
    fold left knee | jacket parka
      -96,300,2  -60,290,5  -20,300,2
    fold right knee | jacket parka
      22,300,2  62,290,5  98,300,2
    fold drape 1 | cloak
      -90,800,3  -136,540,8  -174,230,12
    fold drape 2 | cloak
      -46,800,3  -74,540,8  -94,210,12
    fold drape 3 | cloak
      50,800,3  76,540,8  96,210,12
    fold drape 4 | cloak
      92,800,3  140,540,8  176,220,12
    """
}
